/** What answers HTTP on this machine, offered to be published. */
export const localSitesText = {
  title: 'Found on this machine',
  searching: 'Looking for web applications on this machine…',
  again: 'Look again',
  none: 'No web application was found on this machine. Enter the address of one in your network.',
  failed: 'This machine could not be searched. Enter the address of the application.',
  untitled: 'A web server without a title',
  status: (status: number) => `answers ${status}`,
  untrusted: 'certificate not trusted',
};
