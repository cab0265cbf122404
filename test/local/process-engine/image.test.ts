import { describe, expect, it } from '@jest/globals';
import { parseDockerfile } from '#local/process-engine/dockerfile.ts';
import { commandOf, hostEnv, hostWorkdir, type Image, toHostPath } from '#local/process-engine/image.ts';

const imageOf = (...lines: string[]): Image => ({
  name: 'probe',
  folder: '/repo/containers/probe',
  config: parseDockerfile(['FROM x', ...lines].join('\n')),
  digest: 'sha256:0',
});

describe('an image as a process', () => {
  it('maps /app to the checkout and nothing else', () => {
    expect(toHostPath('/app', '/repo')).toBe('/repo');
    expect(toHostPath('/app/a', '/repo')).toBe('/repo/a');
    expect(toHostPath('/apple', '/repo')).toBe('/apple');
  });

  it('leaves out variables that describe the image itself', () => {
    const image = imageOf('ENV PATH=/x:$PATH CACHE_DIR=/cache PYTHONPATH=/app/containers/training:/app/lib MODE=x');
    expect(hostEnv(image.config, '/repo')).toEqual({ PYTHONPATH: '/repo/containers/training:/repo/lib', MODE: 'x' });
  });

  it('lays the words of a task over those of the image', () => {
    const image = imageOf('ENTRYPOINT ["python"]', 'CMD ["/app/main.py"]');
    expect(commandOf(image, {}, '/repo')).toEqual(['python', '/repo/main.py']);
    expect(commandOf(image, { cmd: ['other.py'] }, '/repo')).toEqual(['python', 'other.py']);
    expect(commandOf(image, { entrypoint: ['sh'] }, '/repo')).toEqual(['sh']);
  });

  it('refuses a working folder that is not in the checkout, and an image without a command', () => {
    expect(() => hostWorkdir(imageOf('WORKDIR /srv'), '/repo')).toThrow(/WORKDIR \/srv.*only \/app/);
    expect(() => hostWorkdir(imageOf('WORKDIR /app/../etc'), '/repo')).toThrow(/WORKDIR \/etc/);
    expect(() => commandOf(imageOf(), {}, '/repo')).toThrow(/neither CMD nor ENTRYPOINT/);
  });
});
