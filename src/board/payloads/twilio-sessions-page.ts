/** A page of `GET /v1/Services/{ServiceSid}/Sessions`. */
export const twilioSessionsPage = {
  sessions: [
    {
      service_sid: 'KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
      status: 'open',
      unique_name: 'ride-1',
      date_started: null,
      date_ended: null,
      date_last_interaction: null,
      date_expiry: null,
      ttl: 3600,
      mode: 'message-only',
      closed_reason: null,
      sid: 'KC00000000000000000000000000000001',
      date_updated: '2026-04-01T12:00:00Z',
      date_created: '2026-04-01T12:00:00Z',
      account_sid: 'ACb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',
      url: 'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000001',
      links: {
        interactions:
          'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000001/Interactions',
        participants:
          'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000001/Participants',
      },
    },
    {
      service_sid: 'KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
      status: 'in-progress',
      unique_name: 'ride-2',
      date_started: '2026-04-01T12:03:20Z',
      date_ended: null,
      date_last_interaction: '2026-04-01T12:05:00Z',
      date_expiry: null,
      ttl: 3600,
      mode: 'voice-and-message',
      closed_reason: null,
      sid: 'KC00000000000000000000000000000002',
      date_updated: '2026-04-01T12:05:00Z',
      date_created: '2026-04-01T12:00:00Z',
      account_sid: 'ACb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',
      url: 'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000002',
      links: {
        interactions:
          'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000002/Interactions',
        participants:
          'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000002/Participants',
      },
    },
    {
      service_sid: 'KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
      status: 'closed',
      unique_name: 'ride-3',
      date_started: '2026-04-01T12:03:20Z',
      date_ended: '2026-04-01T13:00:00Z',
      date_last_interaction: null,
      date_expiry: '2026-05-01T00:00:00Z',
      ttl: 3600,
      mode: 'message-only',
      closed_reason: 'api',
      sid: 'KC00000000000000000000000000000003',
      date_updated: '2026-04-01T13:00:00Z',
      date_created: '2026-04-01T12:00:00Z',
      account_sid: 'ACb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',
      url: 'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000003',
      links: {
        interactions:
          'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000003/Interactions',
        participants:
          'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions/KC00000000000000000000000000000003/Participants',
      },
    },
  ],
  meta: {
    page: 0,
    page_size: 50,
    first_page_url:
      'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions?PageSize=50&Page=0',
    previous_page_url: null,
    url: 'https://proxy.twilio.com/v1/Services/KSa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/Sessions?PageSize=50&Page=0',
    next_page_url: null,
    key: 'sessions',
  },
};
