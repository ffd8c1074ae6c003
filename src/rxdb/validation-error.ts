import type { RxStorageWriteErrorValidation } from 'rxdb';
import { EngineError } from '../engine/ground/errors.ts';
import type { AnyWriteError } from './document-layout.ts';

/** What the engine says against a row, in the shape in which RxDB's validators say it. Throws what is no such thing. */
export function validationError(
  error: unknown,
  row: Pick<AnyWriteError, 'documentId' | 'writeRow' | 'context'>,
): AnyWriteError {
  if (!(error instanceof EngineError)) throw error;
  const validationErrors = error.issues.flatMap(({ statusCode, message, fields }) =>
    (fields.length > 0 ? fields : ['']).map((field) => ({ field, message: `${statusCode}: ${message}` })),
  );
  return { ...row, isError: true, status: 422, validationErrors } as unknown as RxStorageWriteErrorValidation<
    Record<string, unknown>
  >;
}
