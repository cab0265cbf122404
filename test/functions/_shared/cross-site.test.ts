import { describe, expect, it } from '@jest/globals';
import { refuseForged } from '../../../functions/_shared/cross-site.ts';

const BASIC = 'Basic bWU6a2V5';
const attempt = (method: string, headers: Record<string, string>) => () =>
  refuseForged({ method, headers: { authorization: BASIC, ...headers } });
const json = { 'content-type': 'application/json' };

describe('a change that a browser signed', () => {
  it.each([
    ['a form of another page', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON in a form', 'POST', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['a file form', 'POST', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['bytes of no type', 'POST', {}],
    ['anything that a browser says is of another site', 'POST', { ...json, 'sec-fetch-site': 'cross-site' }],
    ['a neighbour below the same domain', 'DELETE', { ...json, 'sec-fetch-site': 'same-site' }],
  ] as const)('is refused: %s', (_, method, headers) => {
    expect(attempt(method, headers)).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
  });

  it.each([
    ['our own page', 'POST', { ...json, 'sec-fetch-site': 'same-origin' }],
    ['our own page, without a body', 'POST', { 'sec-fetch-site': 'same-origin' }],
    ['a program', 'POST', json],
    ['a program that uploads', 'PUT', { 'content-type': 'text/plain' }],
    ['a reader from another page', 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['a program with a Bearer key', 'POST', { authorization: 'Bearer mlp_x' }],
    ['nobody', 'POST', { authorization: '' }],
  ] as const)('passes: %s', (_, method, headers) => {
    expect(attempt(method, headers)).not.toThrow();
  });
});
