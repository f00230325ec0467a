-- What the web user may write, beside reading everything: what people change in the admin, and the admin's own tables.
-- Run as an administrator of the server after the migrations (each grant needs its table), with the same
-- replacements as users.sql; scripts/install and scripts/upgrade do. Can be run again.

-- Accounts, their sessions, and who changed what.
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.auth_user TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.auth_group TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.auth_group_permissions TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.auth_user_groups TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.auth_user_user_permissions TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.django_session TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.axes_accessattempt TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.axes_accessattemptexpiration TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.axes_accessfailurelog TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.axes_accesslog TO 'parkstats_web'@'@FROM@';
GRANT INSERT ON `@DATABASE@`.django_admin_log TO 'parkstats_web'@'@FROM@';

-- What the service itself notes.
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.slow_statement TO 'parkstats_web'@'@FROM@';

-- What jobs write that people start in the admin: daily rows computed again, the live tables, and the notes about both.
-- Never what they are computed from: observations and archives are read.
GRANT INSERT, UPDATE ON `@DATABASE@`.ride_daily_stats TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE ON `@DATABASE@`.park_daily_stats TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE ON `@DATABASE@`.aggregation_log TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE ON `@DATABASE@`.job_leases TO 'parkstats_web'@'@FROM@';
GRANT INSERT, DELETE ON `@DATABASE@`.ride_live_rankings TO 'parkstats_web'@'@FROM@';
GRANT INSERT, DELETE ON `@DATABASE@`.park_live_rankings TO 'parkstats_web'@'@FROM@';

-- What is maintained by hand. Parks and rides are never deleted: everything refers to them.
GRANT INSERT, UPDATE ON `@DATABASE@`.parks TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.park_schedules TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE ON `@DATABASE@`.rides TO 'parkstats_web'@'@FROM@';
GRANT INSERT, UPDATE, DELETE ON `@DATABASE@`.ride_classifications TO 'parkstats_web'@'@FROM@';
GRANT UPDATE ON `@DATABASE@`.data_quality_issues TO 'parkstats_web'@'@FROM@';
GRANT UPDATE ON `@DATABASE@`.discovery_proposals TO 'parkstats_web'@'@FROM@';
GRANT INSERT ON `@DATABASE@`.ride_moves TO 'parkstats_web'@'@FROM@';

-- What is announced by hand: corrections of observations, never taken back.
GRANT INSERT ON `@DATABASE@`.observation_corrections TO 'parkstats_web'@'@FROM@';
