/* A game of bandits: machines that pay by chances of their own, the luck of every pull, and what both players have done. */

const drawn = (count) => Array.from({ length: count }, Math.random);

export class BanditState {
  yours = []; // of { machine, paid }
  agents = [];
  memory = null; // of the agent, after its last pull
  probabilities = null; // with which it made it

  /** actions: machines; length: pulls of a game. */
  constructor({ actions, length }) {
    this.length = length;
    this.chances = drawn(actions);
    this.luck = drawn(length); // one for both: who pulls the same machine at the same pull gains the same
    this.choice = drawn(length); // of the agent, that decides between machines by its probabilities
  }

  get over() {
    return this.yours.length >= this.length;
  }

  /** Pull a machine; which of the two does is a list of pulls. */
  pull(pulls, machine) {
    const paid = Number(this.luck[pulls.length] < this.chances[machine]);
    pulls.push({ machine, paid });
    return paid;
  }

  /** How often a machine was pulled, and how often it paid. */
  counted(pulls, machine) {
    const there = pulls.filter((pull) => pull.machine === machine);
    return { pulls: there.length, paid: total(there) };
  }

  /** What the machine that pays best would have gained at every pull so far. */
  get best() {
    const highest = Math.max(...this.chances);
    return this.luck.slice(0, this.yours.length).filter((luck) => luck < highest).length;
  }
}

export const total = (pulls) => pulls.reduce((sum, { paid }) => sum + paid, 0);
