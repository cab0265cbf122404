import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo, DemoContext } from '#local/demo.ts';

const asked = 400;

const customerIds = async ({ dataPath }: DemoContext): Promise<string[]> => {
  if (!dataPath) throw new Error('the telco example brings no data: start it with --data PATH/telco-churn.csv');
  const [header = '', ...lines] = (await readFile(dataPath, 'utf8')).split(/\r?\n/);
  const column = header.split(',').indexOf('customerID');
  if (column < 0) throw new Error(`${dataPath} has no column customerID; its columns are ${header}`);
  return lines.flatMap((line) => line.split(',')[column] || []).slice(0, asked);
};

/** The customers ask as they are; then a campaign floods in new month-to-month customers at higher prices. */
export const demo: Demo = {
  calm: async (context) => {
    const ids = await customerIds(context);
    const uploadDir = join(context.workDir, 'calm');
    await mkdir(uploadDir, { recursive: true });
    await cp(context.dataPath ?? '', join(uploadDir, 'telco-churn.csv'));
    return { uploadDir, requests: ids.map((customer_id) => ({ customer_id })) };
  },
  drifted: async (context) => {
    const ids = await customerIds(context);
    const campaign = (index: number) => ({
      tenure: 1 + (index % 4),
      contract: 'Month-to-month',
      payment_method: 'Electronic check',
      monthly_charges: 95 + (index % 25),
      total_charges: 120 + (index % 300),
      internet_service: 'Fiber optic',
    });
    return { requests: ids.map((customer_id, index) => ({ customer_id, ...campaign(index) })) };
  },
};
