import { artifactRoutes } from '#contracts/mlflow/artifacts.ts';
import {
  abortUpload,
  below,
  completeUpload,
  deleteArtifacts,
  listArtifacts,
  presignDownload,
} from '#core/artifacts/index.ts';
import { keyCheck } from '../_shared/key-check.ts';
import { shownUri } from '../_shared/mlflow-artifact-uri.ts';
import { callOfEither } from '../_shared/mlflow-balancer-call.ts';
import { mlflowApi } from '../_shared/mlflow-http.ts';
import { deps } from './_deps.ts';
import { loggedModelPlace, type Place, runPlace, versionFolder } from './_folders.ts';
import { refuseInUse, refuseReplacing } from './_in-use.ts';
import { emptyReply, fileInfos, fileReply } from './_replies.ts';
import { putSmall, uploadAddresses, uploadPath } from './_uploads.ts';

/** What clients learn of this server before their first upload or download; it tells nothing of the inside. */
const serverInfo = {
  // What MLflow's pages ask: not a folder of files, which they warn of.
  store_type: 'SqlStore',
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: true,
  multipart_downloads_enabled: true,
  presigned_upload_run_id_supported: false,
  presigned_upload_model_id_supported: false,
  features_enabled: { gateway: false },
};

const listIn = async ({ uri, folder }: Place, path: string) => ({
  root_uri: shownUri(uri, deps.bucket),
  files: fileInfos(await listArtifacts(deps, below(folder, path)), path),
});

const upload = (folder: string, message: { path: string; upload_id: string }) => ({
  path: uploadPath(folder, message.path),
  uploadId: message.upload_id,
});

export const handler = mlflowApi(
  artifactRoutes,
  {
    listFiles: async ({ message }) => ({ files: fileInfos(await listArtifacts(deps, message.path)) }),
    getFile: ({ call, path }) => fileReply(call, path.path),
    putFile: async ({ call, path }) => {
      await refuseReplacing(path.path);
      await putSmall(path.path, call.body);
      return emptyReply();
    },
    deleteFiles: async ({ path }) => {
      await refuseInUse(path.path);
      await deleteArtifacts(deps, path.path);
      return {};
    },
    presignFile: async ({ path }) => {
      const { url, bytes } = await presignDownload(deps, path.path);
      return { url, headers: {}, file_size: bytes };
    },
    createUpload: async ({ call, message, path }) => {
      const file = uploadPath(path.folder, message.path);
      await refuseReplacing(file);
      return uploadAddresses(file, { ...message, call });
    },
    completeUpload: async ({ message, path }) => {
      const parts = message.parts.map(({ part_number, etag }) => ({ number: part_number, etag }));
      const wanted = upload(path.folder, message);
      // It may have come into use since the upload began.
      await refuseReplacing(wanted.path);
      await completeUpload(deps, { ...wanted, parts });
      return {};
    },
    abortUpload: async ({ message, path }) => {
      await abortUpload(deps, upload(path.folder, message));
      return {};
    },
    serverInfo: async () => serverInfo,
    listRunFiles: async ({ message }) => listIn(await runPlace(message.run_id), message.path),
    getRunFile: async ({ call, message }) =>
      fileReply(call, below((await runPlace(message.run_id)).folder, message.path)),
    getVersionFile: async ({ call, message }) =>
      fileReply(call, below(await versionFolder(message.name, message.version), message.path)),
    listLoggedModelFiles: async ({ message, path }) =>
      listIn(await loggedModelPlace(path.model_id), message.artifact_directory_path),
    getLoggedModelFile: async ({ call, message, path }) =>
      fileReply(call, below((await loggedModelPlace(path.model_id)).folder, message.artifact_file_path)),
  },
  callOfEither(keyCheck()),
);
