// ColdChainService: what staff look at is the dashboard's, what partners ask is scoring's.
import { DashboardService } from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import type {
  ColdChainService,
  StreamScoresRequest,
} from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { client, type Platform } from "@larder/platform";
import { given } from "./given.ts";
import type { EdgeHandler } from "./pipeline.ts";

export function coldChain(platform: Platform): EdgeHandler<typeof ColdChainService> {
  const dashboard = client(DashboardService, "dashboard", platform);
  const scoring = client(ScoringService, "scoring", platform);

  return {
    async getOverview(_request, call) {
      const { overview } = await dashboard.getOverview({}, { call });
      return given({ overview });
    },

    async getSeries({ subject, startTime, endTime, maxPoints }, call) {
      const asked = given({ subject, startTime, endTime, maxPoints });
      const { points, resolution } = await dashboard.getSeries(asked, { call });
      return given({ points, resolution });
    },

    async listExcursions({ subject, state, startAfter, pageSize, pageToken }, call) {
      const asked = given({ subject, state, startAfter, pageSize, pageToken });
      const { excursions, nextPageToken } = await dashboard.listExcursions(asked, { call });
      return { excursions, nextPageToken };
    },

    async *watchReadings({ subjects, resumeToken: after }, call) {
      const answers = dashboard.watchReadings({ subjects, resumeToken: after }, { call });
      for await (const { points, excursions, resumeToken } of answers) yield { points, excursions, resumeToken };
    },

    async scoreGoods({ goods }, call) {
      const { score } = await scoring.score(given({ goods }), { call });
      return given({ score });
    },

    async batchScoreGoods({ goods }, call) {
      const { scores } = await scoring.scoreBatch({ goods }, { call });
      return { scores };
    },

    async *streamScores(requests, call) {
      for await (const { score } of scoring.scoreStream(goodsOf(requests), { call })) yield given({ score });
    },
  };
}

async function* goodsOf(requests: AsyncIterable<StreamScoresRequest>) {
  for await (const { goods } of requests) yield given({ goods });
}
