import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventSource } from '#contracts/events.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { EventBus } from '#core/shared/ports.ts';

/** EventBus on an EventBridge bus. PutEvents answers 200 with failed entries inside: those are errors here. */
export const eventBridgeBus = (busName: string, client = new EventBridgeClient({ maxAttempts: 5 })): EventBus => ({
  publish: async (name, detail) => {
    const entry = { EventBusName: busName, Source: eventSource, DetailType: name, Detail: JSON.stringify(detail) };
    const reply = await client.send(new PutEventsCommand({ Entries: [entry] }));
    const failed = reply.Entries?.find((e) => e.ErrorCode);
    if (failed)
      throw new PlatformError('UNAVAILABLE', `event ${name} was not taken: ${failed.ErrorCode} ${failed.ErrorMessage}`);
  },
});
