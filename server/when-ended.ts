import { andThen, type Eventual, rescue } from '#layer/index';

/**
 * Runs work, and calls `ended` as soon as it has ended.
 * @param ended gets the error if the work has failed.
 * @throws the error of the work.
 */
export const whenEnded = <T>(
  work: () => Eventual<T>,
  ended: (failure?: { error: unknown }) => void,
): Eventual<T> =>
  rescue(
    () =>
      andThen(work(), (result) => {
        ended();
        return result;
      }),
    (error) => {
      ended({ error });
      throw error;
    },
  );
