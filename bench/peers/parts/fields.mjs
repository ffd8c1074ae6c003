/** The 20 fields of a record, by what a typed store has to be told of them. */

export const TEXT_FIELDS = [
  'Id',
  'OwnerId',
  'Name',
  'CreatedDate',
  'SystemModstamp',
  'AgentId',
  'LoginTime',
  'LogoutTime',
];

export const NUMBER_FIELDS = [
  'ChatReqAssigned',
  'ChatReqDeclined',
  'ChatReqEngaged',
  'ChatReqTimedOut',
  'NumFlagRaised',
  'NumFlagLoweredAgent',
  'NumFlagLoweredSupervisor',
  'TimeAtCapacity',
  'TimeIdle',
  'TimeInAwayStatus',
  'TimeInChats',
  'TimeInOnlineStatus',
];
