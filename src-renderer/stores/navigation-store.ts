import { create } from 'zustand';

export const PAGES = [
  'overview',
  'applications',
  'traffic',
  'sessions',
  'connectors',
  'diagnostics',
  'settings',
] as const;
export type Page = (typeof PAGES)[number];

interface Navigation {
  readonly page: Page;
  /** Rises where a page is to begin anew, even if it is the one that shows. */
  readonly visit: number;
  /** What the traffic page is asked to filter by when it is opened from elsewhere. */
  readonly trafficText: string;
  /** Of which application the sessions page is asked to show the users; null for all. */
  readonly sessionsApplicationId: string | null;
  /** Of which request the diagnostics are asked why it failed; empty for none. */
  readonly activityId: string;
  readonly go: (
    page: Page,
    options?: { readonly trafficText?: string; readonly sessionsApplicationId?: string; readonly activityId?: string },
  ) => void;
}

export const useNavigation = create<Navigation>((set) => ({
  page: 'overview',
  visit: 0,
  trafficText: '',
  sessionsApplicationId: null,
  activityId: '',
  go: (page, options) =>
    set((before) => ({
      page,
      visit: page !== before.page || options !== undefined ? before.visit + 1 : before.visit,
      trafficText: options?.trafficText ?? '',
      sessionsApplicationId: options?.sessionsApplicationId ?? null,
      activityId: options?.activityId ?? '',
    })),
}));
