/** The numbers of an upload and the states of the items behind each. */
export const COUNTS = ['due', 'no_data', 'sent', 'confirmed', 'backlog'] as const
export type Count = (typeof COUNTS)[number]

export const STATES: Record<Count, readonly string[]> = {
  due: [],
  no_data: ['no_data'],
  sent: ['sent', 'confirmed'],
  confirmed: ['confirmed'],
  backlog: ['due', 'sent'],
}
