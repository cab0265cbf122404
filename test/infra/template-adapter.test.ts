import { describe, expect, it } from '@jest/globals';
import { absent } from '#infra/local/template-adapter.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const local = templatesOf('local');
const dev = templatesOf('dev');
const typesOf = (templates: typeof local) =>
  new Set(Object.values(templates).flatMap((t) => Object.values(resourcesOf(t)).map(({ Type }) => Type)));

describe('template adapter', () => {
  it('leaves out what the emulator refuses, and AWS keeps all of it', () => {
    const [here, there] = [typesOf(local), typesOf(dev)];
    for (const type of absent.keys()) expect([type, here.has(type)]).toEqual([type, false]);
    // Capacity providers of one's own and egress rules depend on the stage: dev trains on Fargate.
    const everywhere = [...absent.keys()].filter((type) => !/CapacityProvider$|Egress$/.test(type));
    expect([...there]).toEqual(expect.arrayContaining(everywhere));
  });

  it('leaves no reference to what is gone', () => {
    for (const template of Object.values(local)) {
      const ids = new Set([...Object.keys(resourcesOf(template)), ...Object.keys(template.toJSON().Parameters ?? {})]);
      const text = JSON.stringify(template.toJSON());
      const named = [...text.matchAll(/"(?:Ref":"|Fn::GetAtt":\[")([^":]+)"/g)].map(([, id]) => id as string);
      expect(named.filter((id) => !ids.has(id))).toEqual([]);
      const needed = Object.values(resourcesOf(template)).flatMap(
        (r) => (r as { DependsOn?: string[] }).DependsOn ?? [],
      );
      expect(needed.filter((id) => !ids.has(id))).toEqual([]);
    }
  });

  it('sends predictions to the load balancer by name and maps the caller as the emulator spells it', () => {
    local.platform.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'HTTP_PROXY',
      ConnectionType: 'INTERNET',
      IntegrationUri: 'http://mlops-serving-local.alb.localhost:4599',
      RequestParameters: { 'overwrite:header.x-caller-id': '$context.authorizer.lambda.callerId' },
    });
  });

  it('drops denials of plain HTTP and keeps every other statement', () => {
    for (const template of Object.values(local))
      expect(JSON.stringify(template.toJSON())).not.toMatch(/SecureTransport/);
    const policies = (t: typeof local) => Object.keys(resourcesOf(t.state, 'AWS::S3::BucketPolicy'));
    expect(policies(local).length).toBeLessThan(policies(dev).length);
    local.state.resourceCountIs('AWS::S3::BucketPolicy', 1);
  });

  it('lets schedules be set in the group by which the emulator judges them', () => {
    const statements = Object.values(resourcesOf(local.platform, 'AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const schedules = statements.filter(({ Action }) => JSON.stringify(Action).includes('scheduler:CreateSchedule'));
    expect(JSON.stringify(schedules.map(({ Resource }) => Resource))).toMatch(/:schedule\/default\/\*/);
  });

  it('runs the images that the local engine has', () => {
    local.serving.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [{ Name: 'serving', Image: 'mlops-platform/serving:local' }],
    });
    local.platform.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [{ Name: 'training', Image: 'mlops-platform/training:local' }],
    });
  });
});
