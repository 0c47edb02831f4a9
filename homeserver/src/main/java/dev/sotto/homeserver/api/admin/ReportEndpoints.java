package dev.sotto.homeserver.api.admin;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.reports.Report;
import dev.sotto.homeserver.reports.Reports;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reading what users have reported, newest first.
public final class ReportEndpoints {
  private static final long PAGE = 50;
  private static final long MAX_PAGE = 500;

  /// @param next what to give as `before` for the next page; absent on the last
  private record ReportPage(List<Report> reports, @Nullable Long next) {}

  private final Reports reports;

  public ReportEndpoints(Reports reports) {
    this.reports = reports;
  }

  public List<Route> routes() {
    return List.of(Route.get("/_sotto/admin/v1/reports", Access.ADMIN, this::getReports));
  }

  private Object getReports(Request request) {
    int limit = (int) Math.clamp(request.queryNumber("limit", PAGE), 1, MAX_PAGE);
    List<Report> page = reports.page(request.queryNumber("before", Long.MAX_VALUE), limit);
    return new ReportPage(page, page.size() < limit ? null : page.getLast().id());
  }
}
