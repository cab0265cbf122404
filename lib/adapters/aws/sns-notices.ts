import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notices } from '#core/pipelines/index.ts';

// SNS takes subjects of at most 100 printable ASCII characters, since they may become those of e-mails.
const MAX_SUBJECT = 100;
const asciiOnly = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_SUBJECT);

/** Notices on an SNS topic. */
export const snsNotices = (topicArn: string, client = new SNSClient({ maxAttempts: 5 })): Notices => ({
  send: async (subject, message) => {
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: asciiOnly(subject), Message: message }));
  },
});
