/** What electron-builder says of a package for Linux. */
export interface PackageDescription {
  /** The file to make. */
  readonly target: string;
  readonly name: string;
  readonly version: string;
  /** As the kind of package calls it. */
  readonly architecture: string;
  readonly maintainer: string;
  readonly summary: string;
  /** Paragraphs; may be empty. */
  readonly description: readonly string[];
  readonly url: string | undefined;
  readonly vendor: string | undefined;
  readonly license: string | undefined;
  readonly category: string | undefined;
  readonly priority: string | undefined;
  readonly depends: readonly string[];
  readonly recommends: readonly string[];
  /** Of the files: `gz`, `xz` and so on. */
  readonly compression: string;
  /** Files with scripts that run as root. */
  readonly afterInstall: string | undefined;
  readonly afterRemove: string | undefined;
}

/** Makes a package of all that lies in a folder, as it is to lie under `/`. */
export type MakePackage = (description: PackageDescription, root: string) => Promise<void>;
