import type { DoorRoute } from './mlflow-routes.ts';

/** The door that answers as Feast's feature server does. */
export const feastDoor = 'features/feast';
/** What Feast's clients ask for, below /feast or /feast/{project}; whether it is well, anybody may ask. */
export const feastRoutes: readonly DoorRoute[] = [
  { method: 'ANY', path: '/feast/{proxy+}' },
  { method: 'GET', path: '/feast/health', open: true },
];
