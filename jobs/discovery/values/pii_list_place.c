/* SPDX-License-Identifier: Apache-2.0 */
/* pii_list_place.c - cities and countries, folded, parted by commas; and words that stand in names of things. */
#include "jobs/discovery/values/pii_lists.h"

#include <stddef.h>

const char *const pii_cities[] = {
    "new york,los angeles,chicago,houston,phoenix,philadelphia,san antonio,san diego,dallas,san "
    "jose,austin,jacksonville",
    "fort worth,columbus,charlotte,san francisco,indianapolis,seattle,denver,washington,boston,el "
    "paso,nashville,detroit",
    "oklahoma city,portland,las vegas,memphis,louisville,baltimore,milwaukee,albuquerque,tucson,fresno,mesa,sacramento",
    "atlanta,kansas city,colorado springs,omaha,raleigh,miami,long beach,virginia "
    "beach,oakland,minneapolis,tulsa,tampa",
    "arlington,new orleans,wichita,bakersfield,cleveland,aurora,anaheim,honolulu,santa ana,riverside,corpus christi",
    "lexington,stockton,saint paul,st. louis,saint "
    "louis,cincinnati,pittsburgh,greensboro,anchorage,plano,lincoln,orlando",
    "irvine,newark,toledo,durham,chula vista,fort wayne,jersey city,st. petersburg,laredo,madison,chandler,buffalo",
    "lubbock,scottsdale,reno,glendale,gilbert,norfolk,chesapeake,garland,irving,hialeah,fremont,boise,richmond,spokane",
    "rochester,tacoma,des moines,salt lake city,birmingham,yonkers,mountain view,redmond,cupertino,palo alto,kirkland",
    "springfield,eugene,salem,albany,syracuse,hartford,providence,worcester,burlington,concord,trenton,dover,"
    "charleston",
    "savannah,knoxville,chattanooga,little rock,baton "
    "rouge,shreveport,jackson,mobile,montgomery,huntsville,tallahassee",
    "toronto,montreal,vancouver,calgary,edmonton,ottawa,winnipeg,quebec,hamilton,kitchener,london,halifax,victoria",
    "saskatoon,regina,st. "
    "john's,kelowna,windsor,lethbridge,yellowknife,fredericton,laval,mississauga,brampton,gatineau",
    "london,birmingham,manchester,liverpool,leeds,sheffield,bristol,glasgow,edinburgh,leicester,coventry,cardiff,"
    "belfast",
    "nottingham,newcastle,newcastle upon "
    "tyne,southampton,portsmouth,plymouth,reading,derby,aberdeen,dundee,swansea,york",
    "oxford,cambridge,exeter,norwich,bath,brighton,hull,stoke-on-trent,wolverhampton,sunderland,luton,cowes,dublin,"
    "cork",
    "galway,limerick,waterford,kilkenny,sydney,melbourne,brisbane,perth,adelaide,canberra,hobart,darwin,newcastle,"
    "cairns",
    "gold coast,geelong,townsville,auckland,wellington,christchurch,dunedin,napier,tauranga,cape town,johannesburg",
    "pretoria,durban,port elizabeth,bloemfontein,soweto,germiston,brakpan,benoni,claremont,grahamstad,kimberley",
    "berlin,hamburg,munchen,munich,koln,cologne,frankfurt,frankfurt am main,frankfurt "
    "a.m.,stuttgart,dusseldorf,dortmund",
    "essen,leipzig,bremen,dresden,hannover,nurnberg,nuremberg,duisburg,bochum,wuppertal,bielefeld,bonn,munster,"
    "karlsruhe",
    "mannheim,augsburg,wiesbaden,aachen,kiel,chemnitz,halle,magdeburg,freiburg,krefeld,lubeck,oberhausen,erfurt,mainz",
    "rostock,kassel,saarbrucken,potsdam,oldenburg,heidelberg,darmstadt,regensburg,wurzburg,ulm,ingolstadt,gottingen,"
    "jena",
    "trier,cottbus,brandenburg,cunewalde,wien,vienna,graz,linz,salzburg,innsbruck,klagenfurt,villach,wels,st. polten",
    "zurich,geneve,geneva,basel,bern,lausanne,winterthur,luzern,st. gallen,lugano,biel,thun,chur,fribourg,wil,zug",
    "paris,marseille,lyon,toulouse,nice,nantes,strasbourg,montpellier,bordeaux,lille,rennes,reims,le "
    "havre,toulon,dijon",
    "grenoble,angers,nimes,villeurbanne,clermont-ferrand,le "
    "mans,aix-en-provence,brest,tours,amiens,limoges,annecy,metz",
    "perpignan,besancon,orleans,rouen,mulhouse,caen,nancy,versailles,poitiers,pau,avignon,calais,cannes,pontoise",
    "bruxelles,brussels,brussel,antwerpen,antwerp,gent,ghent,charleroi,liege,brugge,namur,leuven,mons,oostende,hasselt",
    "amsterdam,rotterdam,den haag,the hague,'s-gravenhage,utrecht,eindhoven,groningen,tilburg,almere,breda,nijmegen",
    "enschede,haarlem,arnhem,zwolle,leiden,maastricht,delft,dordrecht,amersfoort,apeldoorn,alkmaar,gouda,luxembourg",
    "madrid,barcelona,valencia,sevilla,seville,zaragoza,malaga,murcia,palma,bilbao,alicante,cordoba,valladolid,vigo,"
    "gijon",
    "granada,vitoria,oviedo,pamplona,santander,almeria,burgos,salamanca,huelva,tarragona,leon,cadiz,toledo,girona,"
    "lleida",
    "lisboa,lisbon,porto,braga,coimbra,funchal,faro,aveiro,evora,setubal,vila "
    "real,roma,rome,milano,milan,napoli,naples",
    "torino,turin,palermo,genova,genoa,bologna,firenze,florence,bari,catania,venezia,venice,verona,messina,padova,"
    "trieste",
    "brescia,parma,modena,reggio "
    "emilia,perugia,livorno,ravenna,cagliari,foggia,rimini,salerno,ferrara,bergamo,pisa,siena",
    "warszawa,warsaw,krakow,lodz,wroclaw,poznan,gdansk,szczecin,bydgoszcz,lublin,katowice,bialystok,gdynia,torun,"
    "olsztyn",
    "rzeszow,kielce,opole,radom,sosnowiec,praha,prague,brno,ostrava,plzen,liberec,olomouc,pardubice,bratislava,kosice",
    "ljubljana,maribor,celje,zagreb,split,rijeka,osijek,zadar,beograd,belgrade,novi sad,nis,sarajevo,skopje,budapest",
    "debrecen,szeged,miskolc,pecs,gyor,bucuresti,bucharest,cluj-napoca,timisoara,iasi,constanta,brasov,sofia,plovdiv",
    "varna,burgas,athens,athina,thessaloniki,patras,heraklion,limassol,nicosia,larnaca,istanbul,ankara,izmir,bursa,"
    "adana",
    "antalya,konya,gaziantep,kobenhavn,copenhagen,aarhus,arhus,odense,aalborg,esbjerg,randers,kolding,vejle,silkeborg",
    "stockholm,goteborg,gothenburg,malmo,uppsala,vasteras,orebro,linkoping,lulea,umea,boras,helsingborg,oslo,bergen",
    "trondheim,stavanger,tromso,drammen,stavern,kristiansand,helsinki,espoo,tampere,vantaa,turku,oulu,lahti,kuopio",
    "reykjavik,akureyri,tallinn,tartu,parnu,riga,vilnius,kaunas,moscow,moskva,saint petersburg,novosibirsk,kazan",
    "minsk,kyiv,kiev,kharkiv,lviv,odesa,odessa,tbilisi,yerevan,baku,almaty,tashkent,москва,санкт-петербург,новосибирск",
    "екатеринбург,казань,нижнии новгород,киев,харьков,львов,одесса,минск,αθηνα,θεσσαλονικη,λευκωσια,λαρνακα,πατρα",
    "tokyo,osaka,kyoto,yokohama,nagoya,sapporo,kobe,fukuoka,hiroshima,sendai,sakai,seoul,busan,incheon,daegu,beijing",
    "shanghai,guangzhou,shenzhen,chengdu,wuhan,tianjin,nanjing,hangzhou,chongqing,xian,suzhou,hong "
    "kong,taipei,kaohsiung",
    "singapore,kuala lumpur,bangkok,jakarta,surabaya,bandung,manila,quezon city,cebu,hanoi,ho chi minh city,da nang",
    "yangon,phnom penh,dhaka,chittagong,kathmandu,colombo,karachi,lahore,islamabad,kabul,tehran,baghdad,mumbai,delhi",
    "new delhi,bangalore,bengaluru,hyderabad,chennai,kolkata,ahmedabad,pune,jaipur,lucknow,surat,kanpur,nagpur,indore",
    "dubai,abu dhabi,riyadh,jeddah,doha,kuwait city,muscat,amman,beirut,damascus,jerusalem,tel aviv,haifa,cairo",
    "alexandria,tunis,algiers,casablanca,rabat,marrakech,tripoli,khartoum,addis ababa,nairobi,mombasa,kampala,kigali",
    "dar es salaam,lusaka,harare,maputo,luanda,kinshasa,lagos,abuja,ibadan,accra,kumasi,abidjan,dakar,bamako,windhoek",
    "sao paulo,rio de janeiro,brasilia,salvador,fortaleza,belo horizonte,manaus,curitiba,recife,porto alegre,goiania",
    "campinas,sao jose dos campos,santos,buenos aires,cordoba,rosario,mendoza,la plata,santiago,valparaiso,concepcion",
    "lima,arequipa,cusco,bogota,medellin,cali,barranquilla,cartagena,quito,guayaquil,caracas,maracaibo,valencia,la paz",
    "santa cruz,asuncion,montevideo,mexico city,mexico "
    "d.f.,guadalajara,monterrey,puebla,tijuana,merida,cancun,queretaro",
    "guatemala,san salvador,tegucigalpa,managua,panama,havana,la habana,kingston,santo domingo,san juan,port-au-prince",
    NULL,
};

const char *const pii_countries[] = {
    "afghanistan,albania,algeria,andorra,angola,argentina,armenia,australia,austria,azerbaijan,bahamas,bahrain,"
    "bangladesh",
    "barbados,belarus,belgium,belize,benin,bhutan,bolivia,bosnia and herzegovina,botswana,brazil,brunei,bulgaria",
    "burkina faso,burundi,cambodia,cameroon,canada,cape verde,chad,chile,china,colombia,congo,costa rica,croatia,cuba",
    "cyprus,czech republic,czechia,denmark,djibouti,dominican republic,ecuador,egypt,el "
    "salvador,eritrea,estonia,ethiopia",
    "fiji,finland,france,gabon,gambia,georgia,germany,ghana,greece,greenland,guatemala,guinea,guyana,haiti,honduras",
    "hong kong,hungary,iceland,india,indonesia,iran,iraq,ireland,israel,italy,ivory coast,jamaica,japan,jordan",
    "kazakhstan,kenya,korea,south korea,north korea,kuwait,kyrgyzstan,laos,latvia,lebanon,lesotho,liberia,libya",
    "liechtenstein,lithuania,luxembourg,madagascar,malawi,malaysia,maldives,mali,malta,mauritania,mauritius,mexico,"
    "moldova",
    "monaco,mongolia,montenegro,morocco,mozambique,myanmar,namibia,nepal,netherlands,the netherlands,new zealand",
    "nicaragua,niger,nigeria,north macedonia,norway,oman,pakistan,palestine,panama,papua new guinea,paraguay,peru",
    "philippines,poland,portugal,puerto rico,qatar,romania,russia,russian federation,rwanda,saudi "
    "arabia,senegal,serbia",
    "seychelles,sierra leone,singapore,slovakia,slovenia,somalia,south africa,spain,sri lanka,sudan,suriname,sweden",
    "switzerland,syria,taiwan,tajikistan,tanzania,thailand,togo,trinidad and tobago,tunisia,turkey,turkmenistan,uganda",
    "ukraine,united arab emirates,uae,uk,united kingdom,great britain,england,scotland,wales,usa,united states",
    "united states of "
    "america,uruguay,uzbekistan,vatican,venezuela,vietnam,yemen,zambia,zimbabwe,deutschland,osterreich",
    "schweiz,frankreich,italien,spanien,niederlande,belgien,polen,schweden,norwegen,danemark,finnland,espana,francia",
    "alemania,italia,brasil,estados unidos,mexico,allemagne,espagne,royaume-uni,etats-unis,suisse,belgique,pays-bas",
    "polska,niemcy,francja,ceska republika,slovensko,magyarorszag,sverige,norge,danmark,suomi,deutsche demokratische",
    /* states and provinces, which are no city either */
    "alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,hawaii,idaho,illinois,indiana,"
    "iowa",
    "kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,nebraska",
    "nevada,new hampshire,new jersey,new mexico,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania",
    "rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,west virginia,wisconsin,wyoming,alberta",
    "british columbia,manitoba,new brunswick,nova "
    "scotia,ontario,saskatchewan,bayern,hessen,sachsen,thuringen,niedersachsen",
    "nordrhein-westfalen,rheinland-pfalz,saarland,schleswig-holstein,baden-wurttemberg,andalucia,cataluna,galicia",
    "lombardia,toscana,sicilia,veneto,piemonte,mazowieckie,malopolskie,slaskie,new south wales,queensland,tasmania",
    NULL,
};

const char *const pii_things[] = {
    /* companies and other bodies */
    "inc llc ltd limited gmbh ag kg ohg ug sarl sas sa srl spa bv nv vof plc corp corporation company co cie group "
    "gruppe",
    "holding holdings partners associates sons brothers bros industries enterprises solutions systems technologies "
    "tech",
    "services consulting bank insurance foundation university college institute school hospital clinic church museum",
    "association union club team department office ministry agency council committee board cooperative trading imports",
    "exports foods pharma logistics software media studio studios records entertainment pictures oy ab as asa aps zrt "
    "kft",
    "sro spzoo doo ltda eirl pty stichting verein society international global national federal royal hotel restaurant",
    "cafe bar shop store market markt supermarket bakery pharmacy salon garage motors airlines airport station",
    /* works, goods, concepts */
    "the of and a an for with without from into over to in on at by or not is are my your our all no el los las und "
    "der die",
    "das et les des du the or con y per i z w och og version edition vol volume part chapter season episode remix live "
    "mix",
    "album song tour band orchestra ensemble quartet choir series collection set kit pack box case bag bottle pro plus",
    "max mini lite basic premium standard deluxe classic super ultra smart digital electric wireless portable organic",
    "fresh sauce chocolate coffee tea beer wine cheese milk bread sugar juice water chicken beef pork fish rice chair "
    "table",
    "desk lamp shirt shoes jacket trousers phone laptop tablet camera monitor printer keyboard mouse cable charger "
    "battery",
    "engine filter tire wheel pump valve sensor module unit device server service system project plan policy report",
    "manager director engineer developer analyst assistant officer specialist consultant representative supervisor",
    "administrator coordinator executive president sales marketing finance accounting support operations production",
    "active inactive pending shipped delivered cancelled open closed new old red green blue black white yellow orange",
    "small medium large left right north south east west north-east other unknown none default test general main total",
    "january february march june july september october november december monday tuesday wednesday thursday friday",
    "saturday sunday english french german spanish italian japanese chinese russian polish dutch portuguese swedish",
    "rock pop jazz blues metal hip hop country classical soundtrack reggae latin world drama comedy action horror "
    "science",
    "lda ltda filhos irmaos hermanos hijos fils freres fratelli figli sohne zonen synowie ad ood eood et sd kd sp",
    "ооо ад оод еоод ет сд кд кда адсиц тов пат прат ооо оао зао пао αε επε οε ике",
    "fiction family documentary animation sports travel music games toys books clothing electronics garden home "
    "kitchen",
    "beauty health automotive grocery office pets video audio file invoice order customer supplier product category "
    "region",
    NULL,
};
