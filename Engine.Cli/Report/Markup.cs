namespace Engine.Cli.Report;

/// <summary>Text as content or attribute of HTML and XML. Letters beyond ASCII stay as they are: the page is UTF-8.</summary>
internal static class Markup
{
    public static string Escape(string text) => text
        .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;");
}
