import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** A tool shop with a JSON API: java -cp lib/* App.java [migrate] */
public class App {
  interface Answer {
    String of(HttpExchange exchange) throws Exception;
  }

  record Refused(int status, String why) {}

  static class RefusedException extends Exception {
    final Refused refused;

    RefusedException(int status, String why) {
      super(why);
      refused = new Refused(status, why);
    }
  }

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("migrate")) {
      migrate();
      return;
    }
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", port), 100);
    server.setExecutor(Executors.newFixedThreadPool(16));
    on(server, "GET", "/health", 200, exchange -> "{\"ok\":true}");
    on(server, "POST", "/api/login", 200, App::login);
    on(server, "GET", "/api/articles", 200, App::articles);
    on(server, "POST", "/api/orders", 201, App::order);
    on(server, "GET", "/audit/orders", 200, App::audit);
    server.start();
    System.out.println("listening on " + port);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
  }

  static void on(HttpServer server, String method, String path, int status, Answer answer) {
    server.createContext(path, exchange -> {
      try (exchange) {
        if (!exchange.getRequestMethod().equals(method) || !exchange.getRequestURI().getPath().equals(path)) {
          send(exchange, 404, "{}");
          return;
        }
        send(exchange, status, answer.of(exchange));
      } catch (RefusedException refused) {
        send(exchange, refused.refused.status(), "{\"error\":\"" + refused.getMessage() + "\"}");
      } catch (Exception trouble) {
        System.err.println(trouble.getMessage());
        send(exchange, 503, "{\"error\":\"not now\"}");
      }
    });
  }

  static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** JDBC wants another form of URL than postgres://user:password@host:port/database. */
  static Connection database() throws SQLException {
    URI url = URI.create(System.getenv("DATABASE_URL"));
    String[] user = url.getUserInfo().split(":");
    String limits = "?connectTimeout=2&socketTimeout=3";
    String jdbc = "jdbc:postgresql://" + url.getHost() + ":" + url.getPort() + url.getPath() + limits;
    return DriverManager.getConnection(jdbc, user[0], user[1]);
  }

  static void migrate() throws SQLException {
    try (var database = database(); var statement = database.createStatement()) {
      statement.execute("create table articles (id int primary key, name text not null)");
      statement.execute("insert into articles select n, 'tool ' || n from generate_series(1, 20) n");
      statement.execute("create table orders (id text primary key, article int not null references articles)");
      statement.execute("create table tokens (token text primary key)");
    }
  }

  static String login(HttpExchange exchange) throws Exception {
    String body = bodyOf(exchange);
    if (!field(body, "name").equals("gameday") || !field(body, "password").equals("a secret for tests"))
      throw new RefusedException(401, "wrong name or password");
    String token = UUID.randomUUID().toString();
    try (var database = database(); var insert = database.prepareStatement("insert into tokens values (?)")) {
      insert.setString(1, token);
      insert.execute();
    }
    return "{\"token\":\"" + token + "\"}";
  }

  static String articles(HttpExchange exchange) throws Exception {
    List<String> articles = new ArrayList<>();
    try (var database = database(); var select = database.createStatement()) {
      var rows = select.executeQuery("select id, name from articles order by id");
      while (rows.next()) articles.add("{\"id\":" + rows.getInt(1) + ",\"name\":\"" + rows.getString(2) + "\"}");
    }
    return "{\"articles\":[" + String.join(",", articles) + "]}";
  }

  static String order(HttpExchange exchange) throws Exception {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String body = bodyOf(exchange);
    String sql = "insert into orders select ?, ? where exists (select from tokens where token = ?) on conflict (id) do nothing";
    try (var database = database()) {
      String token = authorization == null ? "" : authorization.replace("Bearer ", "");
      try (var known = database.prepareStatement("select from tokens where token = ?")) {
        known.setString(1, token);
        if (!known.executeQuery().next()) throw new RefusedException(401, "log in first");
      }
      try (var insert = database.prepareStatement(sql)) {
        insert.setString(1, field(body, "id"));
        insert.setInt(2, Integer.parseInt(field(body, "article")));
        insert.setString(3, token);
        insert.execute();
      }
    }
    return "{\"id\":\"" + field(body, "id") + "\"}";
  }

  static String audit(HttpExchange exchange) throws Exception {
    String query = java.net.URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
    List<String> items = new ArrayList<>();
    String last = null;
    String sql = "select id from orders where id like ? || '%' and id > ? order by id limit 1000";
    try (var database = database(); var select = database.prepareStatement(sql)) {
      select.setString(1, parameter(query, "run"));
      select.setString(2, parameter(query, "cursor"));
      var rows = select.executeQuery();
      while (rows.next()) items.add("{\"id\":\"" + (last = rows.getString(1)) + "\",\"count\":1}");
    }
    String next = items.size() == 1000 ? "\"" + last + "\"" : "null";
    return "{\"items\":[" + String.join(",", items) + "],\"complete\":true,\"next\":" + next + "}";
  }

  static String bodyOf(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Enough of JSON for flat objects of texts and numbers. */
  static String field(String json, String name) {
    var match = Pattern.compile("\"" + name + "\"\\s*:\\s*\"?([^\",}]*)").matcher(json);
    return match.find() ? match.group(1) : "";
  }

  static String parameter(String query, String name) {
    var match = Pattern.compile("(?:^|&)" + name + "=([^&]*)").matcher(query);
    return match.find() ? match.group(1) : "";
  }
}
