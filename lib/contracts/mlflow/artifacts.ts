import { z } from 'zod';
import { bool, int53, list, type MlflowRoutes, message, required, text } from './wire.ts';

const PROXY = '/api/2.0/mlflow-artifacts';
const LOGGED_MODEL = '/api/2.0/mlflow/logged-models/{model_id}/artifacts';

const path = required;
/** It names the file by its path on the client's own machine: the last part counts. */
const upload = { path: required, upload_id: required };

/** MLflow's artifact proxy, and what its web UI asks about files. Paths begin with the id of an experiment. */
export const artifactRoutes = {
  listFiles: {
    methods: ['GET'],
    path: `${PROXY}/artifacts`,
    role: 'viewer',
    request: { path: text.default('') },
  },
  getFile: { methods: ['GET'], path: `${PROXY}/artifacts/{path+}`, role: 'viewer' },
  putFile: { methods: ['PUT'], path: `${PROXY}/artifacts/{path+}`, role: 'scientist' },
  deleteFiles: { methods: ['DELETE'], path: `${PROXY}/artifacts/{path+}`, role: 'scientist' },
  presignFile: { methods: ['GET'], path: `${PROXY}/presigned/{path+}`, role: 'viewer' },
  createUpload: {
    methods: ['POST'],
    path: `${PROXY}/mpu/create/{folder+}`,
    role: 'scientist',
    request: {
      path: required,
      num_parts: int53.default(1),
      // Beyond MLflow's own message: further parts of an upload under way, for senders that do not know the size yet.
      upload_id: text.optional(),
      first_part: int53.default(1),
      /** The one part is the whole file: one plain PUT, and nothing to complete. */
      whole: bool.default(false),
    },
  },
  completeUpload: {
    methods: ['POST'],
    path: `${PROXY}/mpu/complete/{folder+}`,
    role: 'scientist',
    request: { ...upload, parts: list(message({ part_number: int53, etag: required })) },
  },
  abortUpload: { methods: ['POST'], path: `${PROXY}/mpu/abort/{folder+}`, role: 'scientist', request: upload },
  serverInfo: { methods: ['GET'], path: '/api/3.0/mlflow/server-info' },
  listRunFiles: {
    methods: ['GET'],
    path: '/api/2.0/mlflow/artifacts/list',
    role: 'viewer',
    request: { run_id: required, path: text.default('') },
  },
  getRunFile: { methods: ['GET'], path: '/get-artifact', role: 'viewer', request: { run_id: required, path } },
  getVersionFile: {
    methods: ['GET'],
    path: '/model-versions/get-artifact',
    role: 'viewer',
    request: { name: required, version: required, path },
  },
  listLoggedModelFiles: {
    methods: ['GET'],
    path: `${LOGGED_MODEL}/directories`,
    role: 'viewer',
    request: { artifact_directory_path: text.default('') },
  },
  getLoggedModelFile: {
    methods: ['GET'],
    path: `${LOGGED_MODEL}/files`,
    role: 'viewer',
    request: { artifact_file_path: required },
  },
} as const satisfies MlflowRoutes;

/** What the artifact proxy answers to a request for part addresses; who streams uploads reads it by this. */
export const PartAddresses = z.object({
  upload_id: z.string().optional(),
  credentials: z.array(
    z.object({ url: z.string(), part_number: z.number().int(), headers: z.record(z.string(), z.string()).default({}) }),
  ),
});
export type PartAddresses = z.infer<typeof PartAddresses>;
