using CommandLine;

namespace Engine.Cli.Verbs;

[Example("./engine run examples/lj-melt.json --set initialTemperature=2 --out runs/hot", "a run with one value changed")]
[Verb("run", HelpText = "Run a simulation described by a JSON file.")]
internal sealed class RunVerb : Verb
{
    internal const char SettingSeparator = '\u001f';

    [Value(0, MetaName = "FILE", Required = true, HelpText = "Run input (JSON).")]
    public string Input { get; set; } = "";

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the input, e.g. stages[0].steps=1000; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    public override int Execute(VerbContext context)
    {
        context.Output.WriteLine($"{Input} | {string.Join(" ; ", Set)}");
        return ExitCode.Done;
    }
}
