/** The request to a model to continue an interrupted answer of its own. The guide recognizes it. */
export const CONTINUE =
  'Your answer above broke off. Go on exactly where it stopped, without repeating or announcing anything.';
