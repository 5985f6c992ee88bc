/** The frame around the pages, and words that stand on many of them. */
export const shellText = {
  starting: 'Starting…',
  pages: 'Pages',
  page: {
    overview: 'Overview',
    applications: 'Applications',
    traffic: 'Traffic',
    sessions: 'Sessions',
    connectors: 'Connectors',
    diagnostics: 'Diagnostics',
    settings: 'Settings',
  },
  cancel: 'Cancel',
  undo: 'Undo',
  undoFailed: 'It could not be undone',
  copied: 'Copied',
  signOut: 'Sign out',
  readerAccount: 'Reader: may look, not change',
  readerRefusal: 'Your account may look at everything and change nothing. Changes need the role of an administrator.',
};
