using CommandLine;
using Engine.Cli.Ntk;
using Engine.Core.Files;
using Engine.Learn.Networks;

namespace Engine.Cli.Verbs;

/// <summary>A verb that looks at a network that was trained.</summary>
internal abstract class TrainedModelVerb : Verb
{
    [Value(0, MetaName = "MODEL", Required = true, HelpText = "Run folder of ntk train, its network (model.h5) or its checkpoint.")]
    public string Model { get; set; } = "";

    [Value(1, MetaName = "DATA", HelpText = "File of ntk train with its data, or data alone (JSON); default: what the network learnt from.")]
    public string? Data { get; set; }

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of DATA; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("data", MetaValue = "FILE", HelpText = "File of the data, instead of the one that DATA names: rows that came later, with targets or without.")]
    public string? Table { get; set; }

    [Option("of", MetaValue = "all|training|test", HelpText = "Which samples: all in the order of the data, or a part of them (default: see NETWORKS.md).")]
    public string? Of { get; set; }

    [Option("output", Default = Network.MainOutput, MetaValue = "NAME", HelpText = "Which output of the network.")]
    public string Output { get; set; } = Network.MainOutput;

    /// <summary>Reads network and data.</summary>
    /// <param name="context">Told what is not as it was in training.</param>
    /// <param name="usual">Which samples, where --of does not say.</param>
    /// <param name="written">A file that will be written, and must not be one of those that are read.</param>
    protected TrainedModel Open(VerbContext context, string usual, string? written)
    {
        var model = new TrainedModel(Model, Data, Table, Set, Of, usual, context.Log);
        try
        {
            if (written is not null)
            {
                WholeFile.Require(written, "--out", model.Files);
            }
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
