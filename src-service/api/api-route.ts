/** One method at one path. */
export interface ApiRoute {
  readonly method: string;
  readonly path: string;
}
