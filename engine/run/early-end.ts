/** Why nothing more is begun: the play ended for all hosts, or the person interrupted the run. */
export abstract class EarlyEnd extends Error {}

/** The play was ended for all hosts: too many failed. */
export class PlayEnded extends EarlyEnd {
  constructor(why: string) {
    super(why);
    this.name = 'PlayEnded';
  }
}

/** A step ended the play for the batch or for all hosts, without a failure. */
export class PlayFinished extends EarlyEnd {
  constructor(step: string) {
    super(`'${step}' ended the play`);
    this.name = 'PlayFinished';
  }
}

/** The run was interrupted by the person. */
export class Interrupted extends EarlyEnd {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
