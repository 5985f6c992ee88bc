import type { ApiRoute } from './api-route.ts';

/** The methods that something at a path takes; none where nothing is there. */
export function allowedMethods(routes: readonly ApiRoute[], path: string): string[] {
  const parts = path.split('/');
  const found = routes.filter((route) => {
    const wanted = route.path.split('/');
    return (
      wanted.length === parts.length && wanted.every((part, index) => part.startsWith(':') || part === parts[index])
    );
  });
  return [...new Set(found.map(({ method }) => method))].toSorted();
}
