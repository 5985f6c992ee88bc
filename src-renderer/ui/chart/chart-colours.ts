/** The colours of a chart as a canvas takes them. */
export interface ChartColours {
  readonly text: string;
  readonly grid: string;
  readonly series: readonly { readonly line: string; readonly area: string }[];
}

/** In high contrast there are few colours: what tells lines apart then is their dashes. */
const FORCED_COLOURS = ['CanvasText', 'Highlight', 'GrayText'];
const AREA_SHARE = '16%';

/** Asks the style sheets what the theme's variables are at this place. */
export function readChartColours(place: HTMLElement, variables: readonly string[], isForced: boolean): ChartColours {
  const probe = document.createElement('span');
  // What is forced on the text of the page is what a canvas is to be given.
  probe.style.forcedColorAdjust = 'none';
  place.append(probe);
  const resolve = (colour: string): string => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const colours: ChartColours = {
    text: resolve(isForced ? 'CanvasText' : 'var(--colorNeutralForeground3)'),
    grid: resolve(isForced ? 'color-mix(in srgb, CanvasText 25%, transparent)' : 'var(--colorNeutralStroke3)'),
    series: variables.map((variable, index) => {
      const line = isForced ? (FORCED_COLOURS[index % FORCED_COLOURS.length] ?? 'CanvasText') : `var(${variable})`;
      return { line: resolve(line), area: resolve(`color-mix(in srgb, ${line} ${AREA_SHARE}, transparent)`) };
    }),
  };
  probe.remove();
  return colours;
}
