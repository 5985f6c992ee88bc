import { type Theme, webDarkTheme, webLightTheme } from '@fluentui/react-components';

/** Segoe where the system has it; the bundled Inter elsewhere, so that the app looks the same on each Linux. */
const FONT = "'Segoe UI Variable', 'Segoe UI', 'Inter Variable', system-ui, sans-serif";
const MONOSPACE = "'Cascadia Mono', Consolas, 'SF Mono', 'DejaVu Sans Mono', 'Liberation Mono', monospace";

export const LIGHT_THEME: Theme = { ...webLightTheme, fontFamilyBase: FONT, fontFamilyMonospace: MONOSPACE };
export const DARK_THEME: Theme = { ...webDarkTheme, fontFamilyBase: FONT, fontFamilyMonospace: MONOSPACE };
