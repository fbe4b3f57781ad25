namespace Engine.Cli.Verbs;

/// <summary>A command line that <c>--help</c> shows below the options.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class ExampleAttribute(string command, string meaning) : Attribute
{
    public string Command => command;

    public string Meaning => meaning;
}
