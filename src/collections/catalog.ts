/** The session objects and those their references lead to, by vendor. What `sojourn/collections` exports. */

import { GenesysSession } from './genesys/genesys-session.ts';
import { Case } from './salesforce/case.ts';
import { Contact } from './salesforce/contact.ts';
import { Group } from './salesforce/group.ts';
import { LiveAgentSession } from './salesforce/live-agent-session.ts';
import { LiveAgentSessionHistory } from './salesforce/live-agent-session-history.ts';
import { LiveAgentSessionOwnerSharingRule } from './salesforce/live-agent-session-owner-sharing-rule.ts';
import { LiveAgentSessionShare } from './salesforce/live-agent-session-share.ts';
import { SOSDeployment } from './salesforce/sos-deployment.ts';
import { SOSSession } from './salesforce/sos-session.ts';
import { SOSSessionActivity } from './salesforce/sos-session-activity.ts';
import { SOSSessionFeed } from './salesforce/sos-session-feed.ts';
import { SOSSessionHistory } from './salesforce/sos-session-history.ts';
import { SOSSessionOwnerSharingRule } from './salesforce/sos-session-owner-sharing-rule.ts';
import { SOSSessionShare } from './salesforce/sos-session-share.ts';
import { User } from './salesforce/user.ts';
import { TwilioProxyInteraction } from './twilio/twilio-proxy-interaction.ts';
import { TwilioProxyParticipant } from './twilio/twilio-proxy-participant.ts';
import { TwilioProxyService } from './twilio/twilio-proxy-service.ts';
import { TwilioProxySession } from './twilio/twilio-proxy-session.ts';

/** SOS and Chat sessions with their history, feed and sharing, and the users, cases and contacts they name. */
export const salesforce = [
  SOSSession,
  SOSSessionActivity,
  SOSSessionFeed,
  SOSSessionHistory,
  SOSSessionOwnerSharingRule,
  SOSSessionShare,
  SOSDeployment,
  LiveAgentSession,
  LiveAgentSessionHistory,
  LiveAgentSessionOwnerSharingRule,
  LiveAgentSessionShare,
  User,
  Group,
  Case,
  Contact,
] as const;

/** Customer journey sessions of Genesys Cloud. */
export const genesys = [GenesysSession] as const;

/** Sessions of Twilio Proxy with their service, participants and interactions. */
export const twilio = [TwilioProxyService, TwilioProxySession, TwilioProxyParticipant, TwilioProxyInteraction] as const;

export {
  Case,
  Contact,
  GenesysSession,
  Group,
  LiveAgentSession,
  LiveAgentSessionHistory,
  LiveAgentSessionOwnerSharingRule,
  LiveAgentSessionShare,
  SOSDeployment,
  SOSSession,
  SOSSessionActivity,
  SOSSessionFeed,
  SOSSessionHistory,
  SOSSessionOwnerSharingRule,
  SOSSessionShare,
  TwilioProxyInteraction,
  TwilioProxyParticipant,
  TwilioProxyService,
  TwilioProxySession,
  User,
};
