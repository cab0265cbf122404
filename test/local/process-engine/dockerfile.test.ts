import { describe, expect, it } from '@jest/globals';
import { parseDockerfile } from '#local/process-engine/dockerfile.ts';

describe('parseDockerfile', () => {
  it('reads the command, working folder and environment of the last stage', () => {
    const image = parseDockerfile(
      [
        '# syntax=docker/dockerfile:1',
        'ARG BASE=node:24',
        'FROM $BASE AS build',
        'CMD ["never"]',
        'FROM node:24 AS run',
        'WORKDIR /app',
        'ENV A=1 B="two words" \\',
        '    # a comment inside a continuation',
        '    SAME=$A',
        'ENV C=/app/$A',
        'WORKDIR containers/serving',
        'ENTRYPOINT ["node"]',
        'CMD ["main.ts", "--port", "8080"]',
      ].join('\n'),
    );
    expect(image).toEqual({
      entrypoint: ['node'],
      cmd: ['main.ts', '--port', '8080'],
      workdir: '/app/containers/serving',
      env: { A: '1', B: 'two words', SAME: '', C: '/app/1' },
    });
  });

  it('takes over what an earlier stage set when it is built from that stage', () => {
    const image = parseDockerfile(
      'FROM x AS base\nENV A=1\nCMD ["a"]\nFROM y AS other\nCMD ["b"]\nFROM base\nWORKDIR /app',
    );
    expect(image).toMatchObject({ cmd: ['a'], env: { A: '1' }, workdir: '/app' });
  });

  it('keeps stages apart that begin alike', () => {
    expect(parseDockerfile('FROM a AS one\nFROM b AS two\nCMD ["two"]\nFROM one').cmd).toEqual([]);
  });

  it('skips here-documents, whose lines are no instructions', () => {
    const text = 'FROM x\nRUN <<EOF\nCMD ["wrong"]\nEOF\nCMD ["right"]';
    expect(parseDockerfile(text).cmd).toEqual(['right']);
  });

  it('runs the shell form through sh, as Docker does', () => {
    expect(parseDockerfile('FROM x\nCMD echo $HOME').cmd).toEqual(['/bin/sh', '-c', 'echo $HOME']);
  });

  it('drops an inherited CMD under a new ENTRYPOINT', () => {
    expect(parseDockerfile('FROM x AS a\nCMD ["old"]\nFROM a\nENTRYPOINT ["new"]')).toMatchObject({
      entrypoint: ['new'],
      cmd: [],
    });
  });

  it.each([
    ['FROM x\nCMD ["a", 1]', /line 2: CMD must be a JSON list of strings/],
    ["FROM x\nENTRYPOINT ['a']", /line 2: ENTRYPOINT must be/],
    ['CMD ["a"]', /no FROM/],
  ])('refuses %j and says where', (text, reason) => {
    expect(() => parseDockerfile(text)).toThrow(reason);
  });
});
