/** Whether coloured tokens can be read: colours of kinds differ, and each stands out from its ground. */
import assert from 'node:assert/strict';

/** By kind, one token for each. */
const TOKENS = {
  sleeping: 'GFP_KERNEL',
  nofail: '__GFP_NOFAIL',
  reserve: 'GFP_ATOMIC',
  nonblocking: 'GFP_NOWAIT',
  scope: 'memalloc_nofs_save',
  reserveScope: 'memalloc_noreclaim_save',
  type: 'gfp_t',
};
/** WCAG 2.1 asks this contrast of text. */
const LEAST_CONTRAST = 4.5;

/** Luminance as WCAG 2.1 defines it, from 'rgb(r, g, b)'. */
function luminance(colour) {
  const [r, g, b] = colour.match(/\d+/g).map((part) => {
    const c = Number(part) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

/** @returns contrasts by kind. Throws when a colour is too weak, or when two kinds that must differ look alike. */
export async function checkColours(workbench) {
  const ground = await workbench.page
    .locator('.editor-instance .monaco-editor-background')
    .first()
    .evaluate((element) => getComputedStyle(element).backgroundColor);
  const colours = {};
  for (const [kind, token] of Object.entries(TOKENS))
    colours[kind] = await workbench.token(token).evaluate((element) => getComputedStyle(element).color);
  const contrasts = Object.fromEntries(
    Object.entries(colours).map(([kind, colour]) => [kind, Number(contrast(colour, ground).toFixed(1))]),
  );
  for (const [kind, value] of Object.entries(contrasts))
    assert.ok(value >= LEAST_CONTRAST, `${kind}: ${colours[kind]} on ${ground}, ${value}`);
  const { sleeping, nofail, reserve, nonblocking, scope } = colours;
  assert.equal(new Set([sleeping, nofail, reserve, nonblocking, scope]).size, 5, JSON.stringify(colours));
  return contrasts;
}
