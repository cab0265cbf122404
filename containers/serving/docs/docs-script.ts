/**
 * Plain script of the page: what the server says goes into the document as text alone, never as HTML, and the key stays
 * in its field.
 */
export const docsScript = `
const root = location.pathname.replace(/(\\/serving)?\\/docs\\/?$/, '');
const el = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
};
const row = (name, ...cells) => el('tr', '', ...cells.map((cell) => el(name, cell)));
const resolve = (page, schema) => schema.$ref ? page.components.schemas[schema.$ref.split('/').pop()] : schema;
const bodyOf = (page, operation) => resolve(page, operation.requestBody.content['application/json'].schema);
const allowed = (field) => [
  field.enum ? field.enum.filter((value) => value !== null).join(', ') : '',
  field.minimum === undefined ? '' : 'from ' + field.minimum,
  field.maximum === undefined ? '' : 'to ' + field.maximum,
  field.description || '',
].filter(Boolean).join(' ');
const fieldsOf = (schema) => {
  const lines = Object.entries(schema.properties).map(([name, field]) =>
    row('td', name, [].concat(field.type).join(', '), schema.required.includes(name) ? 'yes' : '', allowed(field)));
  return el('table', '', row('th', 'field', 'type', 'must be sent', 'values'), ...lines);
};
const keyField = document.getElementById('key');
const withKey = () => {
  const key = keyField.value.trim();
  return key ? { authorization: 'Bearer ' + key } : {};
};
const send = async (path, body, explain) => {
  const headers = { 'content-type': 'application/json', ...withKey() };
  const reply = await fetch(root + path + (explain ? '?explain=true&top=5' : ''), { method: 'POST', headers, body });
  const text = await reply.text();
  try { return reply.status + '\\n' + JSON.stringify(JSON.parse(text), null, 2); } catch { return reply.status + '\\n' + text; }
};
const tryIt = (path, schema) => {
  const body = el('textarea');
  body.value = JSON.stringify(schema.examples[0], null, 2);
  body.setAttribute('aria-label', 'Body for POST ' + path);
  const explain = el('input');
  explain.type = 'checkbox';
  const answer = el('pre');
  answer.hidden = true;
  answer.setAttribute('role', 'status');
  const button = el('button', 'Send');
  button.onclick = async () => {
    answer.hidden = false;
    answer.textContent = '…';
    try { answer.textContent = await send(path, body.value, explain.checked); } catch (error) { answer.textContent = String(error); }
  };
  return el('div', '', body, el('label', '', explain, ' with explanation'), button, answer);
};
const section = (page, [path, { post }]) => {
  const schema = bodyOf(page, post);
  const shown = el('details', '', el('summary', '', el('h2', 'POST ' + path), ' ' + post.summary));
  if (!schema.properties.rows) shown.append(fieldsOf(schema));
  shown.append(tryIt(path, schema));
  return shown;
};
const models = document.getElementById('models');
const read = async () => {
  const reply = await fetch('openapi.json', { headers: withKey() });
  if (reply.status === 401 || reply.status === 403) {
    models.textContent = 'The models are told to those who have a key: put yours above and press Enter.';
    return;
  }
  if (!reply.ok) throw new Error('HTTP ' + reply.status + ' ' + await reply.text());
  const page = await reply.json();
  const paths = Object.entries(page.paths);
  models.replaceChildren(...paths.map((one) => section(page, one)));
  if (paths.length === 0) models.append(el('p', 'No model is served yet: deploy one, then come back.'));
  keyField.onchange = null; // what stands in the examples stays
};
const show = () => read().catch((error) => { models.textContent = 'The models cannot be read: ' + error; });
keyField.onchange = show;
show();
`;
