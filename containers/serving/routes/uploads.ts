import { uploadEndpoint, uploadedFile } from '../uploads/upload-door.ts';
import type { Answer, RouteFamily } from './route.ts';

export const uploadRoutes: RouteFamily =
  ({ uploads }) =>
  (method, path) => {
    const file = method === 'PUT' ? uploadedFile(path) : undefined;
    if (file === undefined) return undefined;
    const answer: Answer = ({ request, requestId }) => uploads.take({ request, requestId, file });
    return { endpoint: uploadEndpoint, model: '', isLogged: true, isUpload: true, answer };
  };
