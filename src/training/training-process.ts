/**
 * The child process that trains: a step blocks its event loop for a second, and a crash of native
 * code must not take the command line or a server with it.
 */
import { hostMethods } from '../ipc/host.ts';
import { type RunOptions, TrainingRun } from './run.ts';

hostMethods<RunOptions>(async (options, emit) => {
  const run = await TrainingRun.open(options, emit);
  return {
    methods: {
      run: () => run.run(),
      stop: () => run.stop(),
    },
    close: () => run.close(),
  };
});
