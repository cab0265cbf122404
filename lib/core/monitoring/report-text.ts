const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text inside HTML, whatever it holds. */
export const escaped = (text: string | number): string => String(text).replace(/[&<>"']/g, (c) => entities[c] ?? c);

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
