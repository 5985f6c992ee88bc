/**
 * The AppImage that this app runs from; null for another kind of package. Its variables reach whatever is started from an AppImage, so
 * that they count for a program in its own folder alone.
 */
export function findAppImage(
  resourcesFolder: string,
  { APPIMAGE: file, APPDIR: folder }: Readonly<Record<string, string | undefined>>,
): string | null {
  if (file === undefined || folder === undefined) return null;
  return resourcesFolder.startsWith(`${folder}/`) ? file : null;
}
