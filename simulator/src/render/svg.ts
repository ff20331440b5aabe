/** What the charts share: the frame with its colours for light and dark ground, text width, escaping. */

/** One style block for every chart: a page shown on a dark ground gets dark charts, and a viewer without styles light ones. */
const STYLE = [
  '<style>',
  '.ground{fill:#fff}.ink{fill:#1a202c}.soft{fill:#4a5568}.grid{stroke:#e2e8f0}.mark{stroke:#718096}',
  '@media (prefers-color-scheme:dark){.ground{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9da7b3}.grid{stroke:#30363d}.mark{stroke:#9da7b3}}',
  '</style>',
];

/** Colours that hold on both grounds. */
export const COLOURS = ['#3182ce', '#dd6b20', '#38a169', '#805ad5', '#d53f8c', '#718096', '#b7791f', '#0987a0'] as const;

export const escapeXml = (s: string): string =>
  s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Upper bound of a text's width in a sans-serif face, in pixels; the exact one depends on the viewer's fonts. */
export const textWidth = (s: string, size: number): number => Math.ceil(s.length * size * 0.58);

/** A whole document around the drawing, with its title on top. */
export function svgDocument(width: number, height: number, title: string, body: readonly string[]): string {
  const wide = Math.max(width, textWidth(title, 14) + 24);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${height}" viewBox="0 0 ${wide} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    ...STYLE,
    `<rect width="${wide}" height="${height}" class="ground"/>`,
    `<text x="12" y="20" font-size="14" class="ink">${escapeXml(title)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}
