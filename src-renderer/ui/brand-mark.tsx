import type { ReactElement } from 'react';

/** The postern: an arched door in a wall. Decorative; the name stands beside it. */
export function BrandMark({ size }: { readonly size: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 44 44" aria-hidden="true">
      <defs>
        <linearGradient id="brand-ground" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#2b88d8" />
          <stop offset="1" stopColor="#0b4a8f" />
        </linearGradient>
      </defs>
      <rect x="2" y="2" width="40" height="40" rx="10" fill="url(#brand-ground)" />
      <path
        d="M13 34V20a9 9 0 0 1 18 0v14M10 34h24"
        fill="none"
        stroke="#fff"
        strokeWidth="3.4"
        strokeLinecap="round"
      />
      <circle cx="20" cy="26" r="2" fill="#ffc83d" />
    </svg>
  );
}
