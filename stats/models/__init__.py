"""Models of the statistics."""

from stats.models.archive import ParkDayArchive
from stats.models.collecting import CollectionRun, MendedDay, ParkFeed
from stats.models.corrections import Correction
from stats.models.daily import ParkDailyStats, RideDailyStats
from stats.models.job_runs import JobRun
from stats.models.leases import JobLease
from stats.models.live import ParkLiveRanking, ParkLiveRankingStaging, RideLiveRanking, RideLiveRankingStaging
from stats.models.logs import AggregationLog, DataQualityIssue
from stats.models.periods import (
    ParkMonthlyStats,
    ParkWeeklyStats,
    ParkYearlyStats,
    RideMonthlyStats,
    RideWeeklyStats,
    RideYearlyStats,
)
from stats.models.proposals import Proposal
from stats.models.statements import SlowStatement

__all__ = [
    "AggregationLog",
    "CollectionRun",
    "Correction",
    "DataQualityIssue",
    "JobLease",
    "JobRun",
    "MendedDay",
    "ParkDailyStats",
    "ParkDayArchive",
    "ParkFeed",
    "ParkLiveRanking",
    "ParkLiveRankingStaging",
    "ParkMonthlyStats",
    "ParkWeeklyStats",
    "ParkYearlyStats",
    "Proposal",
    "RideDailyStats",
    "RideLiveRanking",
    "RideLiveRankingStaging",
    "RideMonthlyStats",
    "RideWeeklyStats",
    "RideYearlyStats",
    "SlowStatement",
]
