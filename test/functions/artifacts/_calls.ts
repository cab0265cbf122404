export const PROXY = '/api/2.0/mlflow-artifacts';
export const FILES = `${PROXY}/artifacts`;

export const call = async (url: string, init: RequestInit = {}) => {
  const reply = await fetch(url, { redirect: 'manual', ...init });
  const text = await reply.text();
  if (reply.status >= 500) throw new Error(`${reply.status}: ${text}`);
  const isJson = reply.headers.get('content-type') === 'application/json';
  return { status: reply.status, text, headers: reply.headers, json: isJson && text ? JSON.parse(text) : undefined };
};

export const post = (url: string, message: object, headers = {}) =>
  call(url, {
    method: 'POST',
    body: JSON.stringify(message),
    headers: { 'content-type': 'application/json', ...headers },
  });
