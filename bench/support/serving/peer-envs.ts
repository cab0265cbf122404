/** Pinned packages of each peer's environment. */
const ONNX = ['onnxruntime==1.31.1', 'numpy==2.4.6'];

export const peerPackages = {
  fastapi: ['fastapi==0.165.0', 'uvicorn[standard]==0.54.0', ...ONNX],
  bentoml: ['bentoml==1.4.39', ...ONNX],
  mlserver: ['mlserver==1.7.1', ...ONNX],
  mlflow: ['mlflow==3.17.2', 'onnx==1.23.2', ...ONNX],
  litserve: ['litserve==0.2.19', 'pyzmq', ...ONNX],
} as const satisfies Readonly<Record<string, readonly string[]>>;
