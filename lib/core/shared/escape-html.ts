const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, also inside attributes. */
export const escapeHtml = (value: unknown): string => String(value).replaceAll(/[&<>"']/g, (c) => entities[c] ?? c);
