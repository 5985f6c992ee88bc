import { create } from 'zustand';

export const PAGES = ['overview', 'applications', 'traffic', 'connectors', 'settings'] as const;
export type Page = (typeof PAGES)[number];

interface Navigation {
  readonly page: Page;
  /** What the traffic page is asked to filter by when it is opened from elsewhere. */
  readonly trafficText: string;
  readonly go: (page: Page, options?: { readonly trafficText?: string }) => void;
}

export const useNavigation = create<Navigation>((set) => ({
  page: 'overview',
  trafficText: '',
  go: (page, options) => set({ page, trafficText: options?.trafficText ?? '' }),
}));
