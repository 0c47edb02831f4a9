package dev.sotto.homeserver.app;

import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.api.admin.ReportEndpoints;
import dev.sotto.homeserver.api.client.ReportContentEndpoints;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.reports.Reports;
import dev.sotto.homeserver.rooms.RoomServices;
import java.util.List;
import java.util.stream.Stream;

/// The routes by which users report what is wrong, and administrators read it.
final class ReportRoutes {
  private ReportRoutes() {}

  static List<Route> of(Reports reports, RoomServices rooms, Accounts accounts) {
    return Stream.of(
            new ReportContentEndpoints(reports, rooms, accounts).routes(),
            new ReportEndpoints(reports).routes())
        .flatMap(List::stream)
        .toList();
  }
}
