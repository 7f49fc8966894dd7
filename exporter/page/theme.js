// SPDX-License-Identifier: Apache-2.0
// Light or dark: as the system says until the reader chooses.

const kThemeKey = 'pagefare-theme';

// A browser may refuse storage; then the choice lasts as long as the page.
function storedTheme() {
  try {
    return localStorage.getItem(kThemeKey);
  } catch {
    return null;
  }
}

function storeTheme(theme) {
  try {
    localStorage.setItem(kThemeKey, theme);
  } catch {
    // Said above.
  }
}

function applyTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

// `changed` is called when colours have changed, whoever changed them.
function startTheme(changed) {
  const select = byId('theme');
  const stored = storedTheme();
  select.value = stored === 'light' || stored === 'dark' ? stored : 'auto';
  applyTheme(select.value);
  select.addEventListener('change', () => {
    storeTheme(select.value);
    applyTheme(select.value);
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
