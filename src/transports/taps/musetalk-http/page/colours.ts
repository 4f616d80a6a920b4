/** The colours of the conversation page, `web/style/colours.css`, which is not at hand where this page is served. */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f5f2, #16181b);
  --card: light-dark(#ffffff, #1f2226);
  --ink: light-dark(#23262b, #e8e6e1);
  --quiet: light-dark(#646a73, #9aa0a8);
  --line: light-dark(#dedbd3, #34383e);
  --accent: light-dark(#1f5f6b, #7cc4cf);
  --on-accent: light-dark(#ffffff, #10262a);
  --tint: light-dark(#e6eeef, #22363a);
  --error: light-dark(#a3261d, #f09a90);
  --warn: light-dark(#946200, #dcb25c);
  --good: light-dark(#2f7a4f, #7fc79b);
  --picture: light-dark(#e9e6df, #101214);
}
`
