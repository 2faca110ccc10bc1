export type Mutation = string;
export type Has = (name: Mutation) => boolean;
